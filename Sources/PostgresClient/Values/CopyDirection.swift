enum CopyDirection {
  case out, `in`
}
