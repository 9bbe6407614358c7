export default function Run() {
  return <div className="page" />;
}
