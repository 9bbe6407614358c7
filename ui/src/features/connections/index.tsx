/** Where rows come from and where they go. */
import { Button, Group, Loader } from "@mantine/core";
import { useRef } from "react";
import type { SideName } from "../../bindings";
import { IconArrow } from "../../app/icons";
import { showError } from "../../app/errors";
import { go } from "../../app/navigation";
import { Problem } from "../../app/Problem";
import { useCall } from "../../app/query";
import { useProject } from "../../document";
import { SideCard } from "./SideCard";
import css from "./connections.module.css";

/** Takes over what a card holds and has not handed on: the typed password. Rejects with a `WireError`. */
export type Settle = () => Promise<void>;

export default function Connections() {
  const connectors = useCall("connectors", {}, { staleTime: Infinity });
  const about = useCall("about", {}, { staleTime: Infinity });
  const document = useProject((state) => state.document);
  const settle = useRef<Partial<Record<SideName, Settle>>>({});
  if (!document) return null;
  if (connectors.isError) return <div className="page"><Problem error={connectors.error} doing="Asking for the connectors" /></div>;
  if (connectors.isPending) return <div className="page"><Loader size="sm" aria-label="Loading" /></div>;

  const ready = document.connections[document.source] && document.connections[document.target];
  const next = async () => {
    try {
      for (const each of Object.values(settle.current)) await each();
      await useProject.getState().save();
      go({ screen: "mapper" });
    } catch (error) {
      showError(error, "Keeping the connections");
    }
  };

  return (
    <div className="page">
      <div className={css.sides}>
        {(["source", "target"] as const).map((side) => (
          <SideCard
            key={side}
            side={side}
            connectors={connectors.data.filter((each) => side === "source" || each.capabilities.writes)}
            keychainProblem={about.data?.keychain_problem ?? null}
            settle={(own) => {
              settle.current[side] = own;
            }}
          />
        ))}
      </div>
      <Group justify="flex-end" mt="lg" gap="md">
        {!ready && <span className="dim">Fill in both sides to go on.</span>}
        <Button
          rightSection={<IconArrow />}
          disabled={!ready}
          onClick={() => void next()}
          data-testid="connections-next"
        >
          Map tables and columns
        </Button>
      </Group>
    </div>
  );
}
