export default function Check() {
  return <div className="page" />;
}
