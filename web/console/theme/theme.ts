import {
  Button,
  NativeSelect,
  PasswordInput,
  SegmentedControl,
  TextInput,
  createTheme,
  localStorageColorSchemeManager,
} from '@mantine/core'

/**
 * The look of Mantine's components. The colours themselves are in console.css: the provider runs without its own style
 * element, which a strict content security policy would block.
 */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  respectReducedMotion: true,
  components: {
    // size "lg" is 48 px or more in height: above the 44 px that a thumb needs.
    Button: Button.extend({ defaultProps: { size: 'md', radius: 'md' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'md', radius: 'md' } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: 'md', radius: 'md' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'md', radius: 'md' } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { radius: 'md' } }),
  },
})

/** Where the choice of light, dark or automatic is kept. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'harbor.scheme' })
