import { type Ref, useImperativeHandle, useRef } from "react";
import classes from "./CodeEditor.module.css";
import { indented } from "./indent";
import { lineCount, placeOf } from "./places";

/** Something to show at a line. */
export interface LineMark {
  line: number;
  tone: "error" | "warning" | "info";
  text: string;
}

export interface EditorHandle {
  /** Puts the caret at a place and the place into view. */
  goTo: (line: number, column: number | null) => void;
}

interface CodeEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Ctrl S. */
  onSave: () => void;
  marks?: readonly LineMark[];
  handle?: Ref<EditorHandle>;
  readOnly?: boolean;
}

// As the style sheet has it: the gutter's lines stand beside the text's.
const lineHeight = 20;

const noMarks: readonly LineMark[] = [];

const severity = { error: 3, warning: 2, info: 1 } as const;

/** A plain text area for code with numbered lines: Enter keeps the indentation, Ctrl S saves, and Tab leaves it, so that nobody is caught inside. */
export default function CodeEditor({ label, value, onChange, onSave, marks = noMarks, handle, readOnly = false }: CodeEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);

  useImperativeHandle(handle, () => ({
    goTo: (line, column) => {
      const text = area.current;
      if (text === null) {
        return;
      }

      const { start, end } = placeOf(text.value, line, column);
      text.focus();
      text.setSelectionRange(start, end);
      text.scrollTop = Math.max(0, (line - 1) * lineHeight - text.clientHeight / 3);
      text.scrollIntoView({ block: "nearest" });
    },
  }));

  const worst = new Map<number, LineMark>();
  for (const mark of marks) {
    const known = worst.get(mark.line);
    if (known === undefined || severity[mark.tone] > severity[known.tone]) {
      worst.set(mark.line, mark);
    }
  }

  return (
    <div className={classes.frame}>
      <div ref={gutter} className={classes.gutter} aria-hidden>
        {Array.from({ length: lineCount(value) }, (_, index) => {
          const mark = worst.get(index + 1);
          return (
            <div key={index} className={mark === undefined ? classes.number : `${classes.number} ${classes[mark.tone]}`} title={mark?.text}>
              {index + 1}
            </div>
          );
        })}
      </div>
      <textarea
        ref={area}
        className={classes.editor}
        aria-label={label}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        wrap="off"
        readOnly={readOnly}
        value={value}
        onScroll={({ currentTarget: { scrollTop } }) => {
          if (gutter.current !== null) {
            gutter.current.scrollTop = scrollTop;
          }
        }}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          if ((event.ctrlKey || event.metaKey) && event.key === "s") {
            event.preventDefault();
            onSave();
          } else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && !readOnly) {
            event.preventDefault();
            const { selectionStart } = event.currentTarget;
            // The browser's own command, since a value set by script would empty the undo history.
            document.execCommand("insertText", false, indented(event.currentTarget.value, selectionStart));
          }
        }}
      />
    </div>
  );
}
