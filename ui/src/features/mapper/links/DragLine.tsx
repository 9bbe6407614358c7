/** The line that follows the pointer, and what the policy says of the place under it. */
import { nodeName } from "../model/names";
import { useMapper } from "../state";
import css from "./Links.module.css";

const WORDS = { yes: "Link", maybe: "Link, but", no: "No" } as const;

export function DragLine() {
  const drag = useMapper((state) => state.drag);
  if (!drag) return null;
  const { start, at, from, over, permission } = drag;
  const bend = (at.x - start.x) * 0.45;
  const answer = permission?.answer;
  const right = at.x > window.innerWidth - 330;
  return (
    <div className={css.dragLayer} data-testid="drag-line">
      <svg>
        <path
          className={css.dragLine}
          data-answer={answer}
          d={`M${start.x} ${start.y}C${start.x + bend} ${start.y} ${at.x - bend} ${at.y} ${at.x} ${at.y}`}
        />
      </svg>
      <div
        className={css.bubble}
        data-answer={answer}
        style={{ top: at.y + 16, ...(right ? { right: window.innerWidth - at.x + 12 } : { left: at.x + 12 }) }}
      >
        <strong>
          <bdi>{nodeName(from)}</bdi>
          {over && over.side !== from.side && <> → <bdi>{nodeName(over)}</bdi></>}
        </strong>
        {permission && (
          <div>
            {permission.reason ? `${WORDS[permission.answer]}: ${permission.reason}` : WORDS[permission.answer]}
          </div>
        )}
      </div>
    </div>
  );
}
