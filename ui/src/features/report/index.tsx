export default function Report() {
  return <div className="page" />;
}
