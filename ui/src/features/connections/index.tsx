export default function Connections() {
  return <div className="page" />;
}
