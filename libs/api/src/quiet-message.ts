import { GraphQLError } from 'graphql';

/** How graphql-js ends a message about a value without quoting it. */
const NAMES_ONLY =
  /(?:Field "[_A-Za-z]\w*" is not defined by type "\w+"|Field "[_A-Za-z]\w*" of required type "[\w![\]]+" was not provided|Expected (?:non-nullable )?type "[\w![\]]+" (?:not to be null|to be an object))\.?$/;

/**
 * The message of an error of graphql-js without the values that it quotes: somebody may have pasted a secret in the wrong
 * place, and an answer ends up in logs and screenshots. Names of the schema and of the document stay.
 */
export const quietMessage = ({ message, originalError }: GraphQLError): string => {
  const variable = /^Variable "(\$[_A-Za-z]\w*)" got invalid value /.exec(message)?.[1];
  if (variable !== undefined) {
    const why = NAMES_ONLY.exec(message)?.[0] ?? originalMessage(originalError);
    return `Variable "${variable}" got an invalid value.${why === undefined ? '' : ` ${why}`}`;
  }
  const scalar = /^(?:Enum "\w+"|[A-Za-z]\w*) cannot represent (?:a )?(?:[a-z0-9-]+ )*value(?=: )/.exec(
    message,
  )?.[0];
  if (scalar !== undefined) return `${scalar}.`;
  return message
    .replace(
      /^Value "[\s\S]*" does not exist in "(\w+)" enum\.[\s\S]*$/,
      'A value does not exist in "$1" enum.',
    )
    .replace(/^(Expected value of type "[\w![\]]+"), found [\s\S]*$/, '$1.')
    .replace(/\b(Int|Float|String|BlockString|Comment) "[\s\S]*$/, '$1.')
    .replace(
      /^(Syntax Error: (?:Invalid number|Invalid character escape sequence|Invalid Unicode escape sequence|Invalid character within String|Unexpected character))[\s\S]*$/,
      '$1.',
    );
};

/** What one of our scalars said: that quotes nothing. What those of graphql-js say is quieted in turn. */
const originalMessage = (original: Error | null | undefined): string | undefined => {
  if (!(original instanceof GraphQLError)) return undefined;
  return original.extensions['code'] === undefined ? quietMessage(original) : original.message;
};
