/** What destroys something is ticked one by one; there is no tick for all. */
import { Checkbox } from "@mantine/core";
import type { Confirmation } from "./findings";
import css from "./check.module.css";

interface ConfirmationsProps {
  asked: Confirmation[];
  confirmed: ReadonlySet<string>;
  onChange: (confirmed: ReadonlySet<string>) => void;
}

export function Confirmations({ asked, confirmed, onChange }: ConfirmationsProps) {
  const tick = (key: string, on: boolean) => {
    const next = new Set(confirmed);
    if (on) next.add(key);
    else next.delete(key);
    onChange(next);
  };
  return (
    <fieldset className={css.confirm} data-testid="confirmations">
      <legend>Confirm each before the run</legend>
      {asked.map((each) => (
        <Checkbox
          key={each.key}
          label={<>{each.text}{each.sql !== undefined && <code className="mono wrap"><br /><bdi>{each.sql}</bdi></code>}</>}
          checked={confirmed.has(each.key)}
          onChange={(event) => tick(each.key, event.currentTarget.checked)}
          data-testid="confirmation"
        />
      ))}
    </fieldset>
  );
}
