export default function History() {
  return <div className="page" />;
}
