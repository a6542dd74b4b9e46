import { Anchor, type AnchorProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Props = Omit<AnchorProps, "href"> & AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> };

/** A link to another page of ours: looks like every link, navigates without loading anew, and its address is type-checked. */
export const AppLink = createLink((props: Props) => <Anchor inherit {...props} />);
