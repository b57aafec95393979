import { GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';

/** Refuses documents that select more fields than a person would: aliases are how one request asks a thousand. */
export const fieldCountRule =
  (maxFields: number): ValidationRule =>
  (context: ValidationContext) => {
    let fields = 0;
    return {
      Field: () => {
        fields += 1;
        if (fields === maxFields + 1) {
          context.reportError(new GraphQLError(`The document selects more than ${maxFields} fields.`));
        }
      },
    };
  };
