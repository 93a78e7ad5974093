import styles from './tick-box.module.css'

interface TickBoxProps {
  name: string
  label: string
  isOn: boolean
  onToggle: () => void
}

/** One box to tick, large enough for a thumb. */
export function TickBox({ name, label, isOn, onToggle }: TickBoxProps) {
  return (
    <label className={styles['box']}>
      <input type="checkbox" name={name} checked={isOn} onChange={onToggle} />
      <span>{label}</span>
    </label>
  )
}
