export default function Start() {
  return <div className="page" />;
}
