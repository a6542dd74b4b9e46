import classes from "./CodeEditor.module.css";
import { indented } from "./indent";

interface CodeEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Ctrl S. */
  onSave: () => void;
}

/** A plain text area for code: Enter keeps the indentation, Ctrl S saves, and Tab leaves it, so that nobody is caught inside. */
export default function CodeEditor({ label, value, onChange, onSave }: CodeEditorProps) {
  return (
    <textarea
      className={classes.editor}
      aria-label={label}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      wrap="off"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === "s") {
          event.preventDefault();
          onSave();
        } else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
          event.preventDefault();
          const { selectionStart } = event.currentTarget;
          // The browser's own command, since a value set by script would empty the undo history.
          document.execCommand("insertText", false, indented(event.currentTarget.value, selectionStart));
        }
      }}
    />
  );
}
