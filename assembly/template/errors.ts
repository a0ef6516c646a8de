/** Something in the template that the assembly run does not understand: it is added here before it is deployed. */
export class UnsupportedTemplateError extends Error {
  override readonly name = 'UnsupportedTemplateError';
}
