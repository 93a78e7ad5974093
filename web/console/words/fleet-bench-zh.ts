/** The texts of the bench in Chinese. */
export const benchZh = {
  title: '工作台检测',
  open: '打开检测页',
}
