import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#fff4ec", "#fde3d0", "#fac39b", "#f6a266", "#f28c38", "#d9711f", "#b3560c", "#94460a", "#763808", "#5a2b07",
];
const buy: MantineColorsTuple = [
  "#e3f4ec", "#c3e8d8", "#8fd6b8", "#5cc79b", "#2ebd85", "#16996a", "#0b7a52", "#096544", "#075036", "#053b28",
];
const sell: MantineColorsTuple = [
  "#fdecee", "#fad0d4", "#f8a4ab", "#f6838e", "#f6616f", "#e03e50", "#c62639", "#a41f2f", "#821825", "#60121b",
];

// The kit draws inputs, hovers and skeletons of the dark scheme from this scale: ours leans to blue like the page.
const dark: MantineColorsTuple = [
  "#e6eaf1", "#c3cad6", "#93a0b4", "#7f8ca1", "#2f3a4c", "#242d3c", "#171e2a", "#11161f", "#0b0f16", "#070a0f",
];

/** One shade for both schemes: white on the light orange of a dark scheme would be 2.4:1. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: 6,
  colors: { accent, buy, sell, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "18px" },
  defaultRadius: "6px",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // Help stands below the field, so that fields in a row stand in line.
    InputWrapper: { defaultProps: { inputWrapperOrder: ["label", "input", "description", "error"] } },
    Modal: {
      defaultProps: {
        closeButtonProps: { "aria-label": "Close" },
        // Its header element would count as a second banner of the page.
        attributes: { header: { role: "presentation" } },
      },
    },
  },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "14px" }, h3: { fontSize: "13px" } } },
});

/** The tokens of both schemes. Charts read the --sf- ones too. */
export const tokens: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    "--sf-body": "#0b0f16",
    "--sf-panel": "#11161f",
    "--sf-line": "#232b39",
    "--sf-grid": "#1a212d",
    "--sf-text": "#e6eaf1",
    "--sf-dimmed": "#93a0b4",
    "--sf-accent": "#f28c38",
    "--sf-up": "#2ebd85",
    "--sf-up-soft": "#173029",
    "--sf-down": "#f6616f",
    "--sf-down-soft": "#331d26",
    "--sf-warn": "#f5b83d",
    "--sf-warn-soft": "#33290f",
    "--mantine-color-body": "#0b0f16",
    "--mantine-color-text": "#e6eaf1",
    "--mantine-color-dimmed": "#93a0b4",
    "--mantine-color-placeholder": "#8592a6",
    "--mantine-color-error": "#f6616f",
    "--mantine-color-default": "#11161f",
    "--mantine-color-default-hover": "#1a212d",
    "--mantine-color-default-border": "#2f3a4c",
    "--mantine-color-anchor": "#f28c38",
  },
  light: {
    "--sf-body": "#f6f8fb",
    "--sf-panel": "#ffffff",
    "--sf-line": "#dfe4ec",
    "--sf-grid": "#eceff4",
    "--sf-text": "#000000",
    "--sf-dimmed": "#566175",
    "--sf-accent": "#b3560c",
    "--sf-up": "#0b7a52",
    "--sf-up-soft": "#e3f4ec",
    "--sf-down": "#c62639",
    "--sf-down-soft": "#fdecee",
    "--sf-warn": "#8a5800",
    "--sf-warn-soft": "#fff3d6",
    "--mantine-color-body": "#f6f8fb",
    "--mantine-color-text": "#000000",
    "--mantine-color-dimmed": "#566175",
    "--mantine-color-placeholder": "#667085",
    "--mantine-color-error": "#c62639",
    "--mantine-color-default": "#ffffff",
    "--mantine-color-default-hover": "#f1f4f8",
    "--mantine-color-default-border": "#cdd5e0",
    "--mantine-color-anchor": "#b3560c",
  },
});
