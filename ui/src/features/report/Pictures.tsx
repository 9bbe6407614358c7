/**
 * The report's figures as bars.
 *
 * Each picture is a table: a screen reader hears names and figures, and the bars are silent. What they show is made by
 * the engine, which draws the saved report from the same.
 */
import type { Picture, PictureBar, PictureKind } from "../../bindings";
import { Problem } from "../../app/Problem";
import { useCall } from "../../app/query";
import css from "./Pictures.module.css";

const kinds: Record<PictureKind, string> = {
  written: "written",
  rejected: "rejected",
  filtered: "left out by filters",
  equal: "equal",
  different: "different",
  time: "time",
};

export function Pictures({ run }: { run: string }) {
  const pictures = useCall("report_pictures", { run }, { staleTime: 0 });
  if (pictures.isError) return <Problem error={pictures.error} doing="Drawing the report" />;
  return (
    <div className={css.pictures} data-testid="pictures">
      <svg width="0" height="0" aria-hidden="true" className={css.patterns}>
        <defs>
          <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" className={css.under} />
            <rect width="2" height="5" className={css.over} />
          </pattern>
        </defs>
      </svg>
      {pictures.data?.map((picture) => <PictureView key={picture.about} picture={picture} />)}
    </div>
  );
}

function PictureView({ picture: { about, title, summary, legend, bars } }: { picture: Picture }) {
  return (
    <figure className={css.picture} data-testid={`picture-${about}`}>
      <figcaption>
        <h3 id={`picture-${about}`}>{title}</h3>
        <p>{summary}</p>
        {legend.length > 1 && (
          <ul className={css.legend}>
            {legend.map((kind) => (
              <li key={kind}>
                <svg width="12" height="10" aria-hidden="true"><rect width="12" height="10" data-kind={kind} /></svg>
                {kinds[kind]}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      {bars.length > 0 && (
        <table aria-labelledby={`picture-${about}`}>
          <tbody>{bars.map((bar) => <Bar key={bar.name} bar={bar} />)}</tbody>
        </table>
      )}
    </figure>
  );
}

function Bar({ bar: { name, parts, text } }: { bar: PictureBar }) {
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part.share, 0));
  return (
    <tr>
      <th scope="row"><bdi>{name}</bdi></th>
      <td className={css.bar}>
        <svg width="100%" height="10" aria-hidden="true">
          {parts.map(({ kind, share }, index) => (
            <rect key={kind} x={`${starts[index] * 100}%`} width={`${share * 100}%`} height="10" data-kind={kind} />
          ))}
        </svg>
      </td>
      <td className={css.figure}>{text}</td>
    </tr>
  );
}
