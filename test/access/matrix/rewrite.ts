import type { ScopedDb, ScopedStatement, TemplateStatement } from '#libs/database';
import type { KyselyPlugin } from 'kysely';

/** What is done to the text of each statement before it is sent. */
export interface Rewrite {
  sql: (sql: string) => string;
  /** What statements of a change are passed through, where they are built. */
  plugin?: KyselyPlugin | undefined;
}

/** A database whose statements are spoiled on the way: for planted faults. */
export const rewriting = (db: ScopedDb, rewrite: Rewrite): ScopedDb => {
  const ofTemplate = rewriteTemplates(rewrite);
  return {
    build: db.build,
    transact: (scope, work) =>
      db.transact(scope, (trx) => work(rewrite.plugin === undefined ? trx : trx.withPlugin(rewrite.plugin))),
    stream: (...args) => db.stream(...args),
    read: (scope, statement, options) => db.read(scope, rewritten(statement, rewrite), options),
    readOne: (scope, statement) => db.readOne(scope, ofTemplate(statement)),
    readEach: (scope, statements) => db.readEach(scope, statements.map(ofTemplate)),
    readShared: (scope, statement, options) => db.readShared(scope, rewritten(statement, rewrite), options),
  };
};

const rewritten = <R>(statement: ScopedStatement<R>, rewrite: Rewrite): ScopedStatement<R> => ({
  compile: (build) => {
    const query = statement.compile(build);
    return { ...query, sql: rewrite.sql(query.sql) };
  },
});

/** Statements of one shape stay of one shape. */
const rewriteTemplates = (rewrite: Rewrite) => {
  const shapes = new WeakMap<object, object>();
  const shapeOf = <Shape extends Part['shape']>(shape: Shape): Shape => {
    const known = shapes.get(shape) as Shape | undefined;
    if (known !== undefined) return known;
    const compile: Shape['compile'] = (asked) => {
      const query = shape.compile(asked);
      return { ...query, sql: rewrite.sql(query.sql) };
    };
    const made = { ...shape, compile };
    shapes.set(shape, made);
    return made;
  };
  return <R>(statement: TemplateStatement<R>): TemplateStatement<R> => ({
    ...rewritten(statement, rewrite),
    partOf: (build) => {
      const { shape, values } = statement.partOf(build);
      return { values, shape: shapeOf(shape) };
    },
  });
};

type Part = ReturnType<TemplateStatement<unknown>['partOf']>;
