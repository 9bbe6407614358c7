/**
 * Colours and sizes.
 *
 * One accent. Staging is amber and production is red, and nothing else is: so problems are magenta and what deserves a
 * look is violet. Every colour comes with an icon or a word.
 */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";
import type { Environment } from "../bindings";

const accent: MantineColorsTuple = [
  "#e8f3fa", "#d0e4f2", "#a3c9e5", "#73acd7", "#4c94cb", "#3485c4", "#1f73b4", "#135f9a", "#074d80", "#003b66",
];
const problem: MantineColorsTuple = [
  "#fdecf8", "#f7d4ec", "#efa6d8", "#e676c4", "#df4fb2", "#da37a7", "#c2238f", "#a3157a", "#820d60", "#620547",
];
const caution: MantineColorsTuple = [
  "#f2eefc", "#e0d8f4", "#bfaee8", "#9d82dc", "#805dd2", "#6e46cc", "#5f36bd", "#4f2aa3", "#42228a", "#331972",
];
const good: MantineColorsTuple = [
  "#e7f8f1", "#cdeee0", "#9bdcc0", "#66c99f", "#3cb983", "#22b071", "#129362", "#08764d", "#015c3b", "#00422a",
];

export const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  colors: { accent, problem, caution, good },
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  defaultRadius: 4,
  focusRing: "auto",
  respectReducedMotion: true,
  fontSizes: { xs: "11px", sm: "13px", md: "13px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "28px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "16px", lineHeight: "24px" },
      h3: { fontSize: "13px", lineHeight: "20px" },
    },
  },
  components: {
    Alert: { classNames: { root: "notice" } },
    Button: { defaultProps: { size: "xs" }, classNames: { root: "button" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 28 }, classNames: { root: "button" } },
    Input: { defaultProps: { size: "xs" }, styles: { input: { fontSize: 13 } } },
    InputWrapper: { styles: { label: { fontSize: 12, lineHeight: "20px" }, description: { fontSize: 11, lineHeight: "16px" } } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" }, styles: { innerInput: { fontSize: 13 } } },
    NumberInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", allowDeselect: false }, styles: { option: { fontSize: 13 } } },
    Menu: { styles: { item: { fontSize: 13 } } },
    Checkbox: { defaultProps: { size: "xs" }, styles: { label: { fontSize: 13, lineHeight: "18px" } } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true, multiline: true, maw: 360 } },
    Modal: { styles: { title: { fontWeight: 600, fontSize: 16 } }, defaultProps: { centered: true, closeButtonProps: { "aria-label": "Close" }, transitionProps: { duration: 100 } } },
    Drawer: { styles: { title: { fontWeight: 600, fontSize: 16 } }, defaultProps: { position: "right", closeButtonProps: { "aria-label": "Close" }, transitionProps: { duration: 100 } } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Table: { defaultProps: { verticalSpacing: 4, horizontalSpacing: 8 } },
    Badge: { defaultProps: { size: "sm", radius: 4, tt: "none" } },
  },
});

/** Surfaces that the screens share, by what they are for. */
export const variables: CSSVariablesResolver = () => ({
  variables: { "--mantine-font-size-md": "13px" },
  light: {
    "--surface": "#ffffff",
    "--surface-sunken": "#f4f6f8",
    "--line": "#d9dee4",
    "--line-strong": "#aeb7c2",
    "--text-dim": "#58636f",
    "--problem-text": "#a3157a",
    "--caution-text": "#4f2aa3",
    "--good-text": "#08764d",
    "--accent-text": "#135f9a",
    "--accent-soft": "#e8f3fa",
    "--problem-soft": "#fdf1fa",
    "--caution-soft": "#f5f2fd",
    "--good-soft": "#ecf9f3",
    "--production": "#c4161c",
    "--staging": "#ffb000",
    "--mantine-color-dimmed": "#58636f",
  },
  dark: {
    "--surface": "#1d2227",
    "--surface-sunken": "#15191d",
    "--line": "#343c44",
    "--line-strong": "#56616c",
    "--text-dim": "#9dabb8",
    "--problem-text": "#f09bd6",
    "--caution-text": "#bda9f0",
    "--good-text": "#66c99f",
    "--accent-text": "#73b4e3",
    "--accent-soft": "#17344a",
    "--problem-soft": "#3a1a32",
    "--caution-soft": "#2a2340",
    "--good-soft": "#12312a",
    "--production": "#d8272d",
    "--staging": "#ffb000",
    "--mantine-color-body": "#1d2227",
    "--mantine-color-dimmed": "#9dabb8",
  },
});

/** Solid colour of an environment; only the two that can hurt have one. */
export const environmentColour: Partial<Record<Environment, { background: string; color: string }>> = {
  staging: { background: "var(--staging)", color: "#2b1d00" },
  production: { background: "var(--production)", color: "#ffffff" },
};
