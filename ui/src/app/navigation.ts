/** Where the window is. Not part of the document, and so never in its history. */
import { create } from "zustand";
import type { TableName } from "../bindings";

export type Place =
  | { screen: "start" }
  | { screen: "connections" }
  /** Opens at this target table and column when they are named. */
  | { screen: "mapper"; table?: TableName; column?: string }
  | { screen: "check" }
  /** Without a run: the project's latest. */
  | { screen: "run"; run?: string }
  | { screen: "report"; run?: string }
  | { screen: "history" };

export type Screen = Place["screen"];

interface Navigation {
  place: Place;
  go: (place: Place) => void;
}

export const useNavigation = create<Navigation>((set) => ({
  place: { screen: "start" },
  go: (place) => set({ place }),
}));

export const go = (place: Place) => useNavigation.getState().go(place);
