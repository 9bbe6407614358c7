/** A screen that breaks does not take the window with it. */
import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { toWireError } from "./errors";
import { Problem } from "./Problem";

export class Boundary extends Component<{ children: ReactNode }, { thrown: unknown }> {
  override state = { thrown: undefined as unknown };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  override render() {
    if (this.state.thrown === undefined) return this.props.children;
    return (
      <div className="page">
        <Problem error={toWireError(this.state.thrown)} doing="Showing this screen">
          <Button variant="default" onClick={() => this.setState({ thrown: undefined })}>Show it again</Button>
        </Problem>
      </div>
    );
  }
}
