/** Says what to do where there is nothing to show yet. */
import type { ReactNode } from "react";
import css from "./Empty.module.css";

interface EmptyProps {
  title: string;
  children?: ReactNode;
  /** The next step. */
  action?: ReactNode;
  testId?: string;
}

export function Empty({ title, children, action, testId = "empty" }: EmptyProps) {
  return (
    <div className={css.empty} data-testid={testId}>
      <h2 className={css.title}>{title}</h2>
      {children && <p className={css.text}>{children}</p>}
      {action}
    </div>
  );
}
