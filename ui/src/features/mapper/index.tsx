export default function Mapper() {
  return <div className="page" />;
}
