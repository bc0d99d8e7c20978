/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('sources', table => {
    table.comment(
      'The state of each outside system, as its source reported it last',
    );
    table.string('id', 255).primary().comment('kind/name');
    table.string('kind', 63).notNullable();
    table.string('name', 190).notNullable();
    table.string('status', 31).notNullable();
    table.text('reason');
    table.string('since', 31).comment('ISO 8601');
    table.string('last_observed_at', 31).comment('ISO 8601');
  });

  await knex.schema.createTable('facts', table => {
    table.comment('What was observed: one row per fact, the latest value');
    table.string('source', 255).notNullable();
    table.string('kind', 63).notNullable();
    table.string('scope', 255).notNullable();
    table.string('name', 255).notNullable();
    table.text('labels').comment('JSON');
    table.text('value', 'longtext').notNullable().comment('JSON');
    table.string('observed_at', 31).notNullable().comment('ISO 8601');
    table.primary(['source', 'kind', 'scope', 'name']);
    table.index(['kind', 'scope'], 'facts_kind_scope_idx');
  });

  await knex.schema.createTable('transitions', table => {
    table.comment(
      'What changed in an environment, and when: never pruned by a number',
    );
    table.increments('id').primary();
    table.string('entity_ref', 255).notNullable();
    table.string('environment', 63).notNullable();
    table.string('at', 31).notNullable().comment('ISO 8601');
    table.string('what', 31).notNullable();
    table
      .integer('previous')
      .notNullable()
      .comment('id of the transition before it, 0 for the first');
    table.text('from');
    table.text('to');
    table.string('by', 255);
    table.string('commit', 64);
    table.text('link');
    table.index(
      ['entity_ref', 'environment', 'what', 'id'],
      'transitions_entity_idx',
    );
    table.index(['at'], 'transitions_at_idx');
    // Whoever sees a change first writes it down; others that see it too find that they are late.
    table.unique(['entity_ref', 'environment', 'what', 'previous'], {
      indexName: 'transitions_previous_uniq',
    });
  });

  await knex.schema.createTable('plans', table => {
    table.comment('Promotion plans that somebody looked at, until they expire');
    table.string('id', 63).primary();
    table.string('entity_ref', 255).notNullable();
    table.text('plan', 'longtext').notNullable().comment('JSON');
    table.string('expires_at', 31).notNullable().comment('ISO 8601');
  });

  await knex.schema.createTable('promotions', table => {
    table.string('id', 63).primary();
    table.string('entity_ref', 255).notNullable();
    table
      .string('environment', 63)
      .notNullable()
      .comment('The environment that gets the release');
    table.string('state', 31).notNullable();
    table.boolean('active').notNullable();
    table.string('created_at', 31).notNullable().comment('ISO 8601');
    table.text('promotion', 'longtext').notNullable().comment('JSON');
    table.index(['entity_ref', 'created_at'], 'promotions_entity_idx');
    // One at a time into each environment, also when two are asked for at the same moment.
    table.unique(['entity_ref', 'environment'], {
      indexName: 'promotions_active_uniq',
      useConstraint: false,
      predicate: knex.whereRaw('active = true'),
    });
  });

  await knex.schema.createTable('settings', table => {
    table.string('key', 63).primary();
    table.text('value').notNullable();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'settings',
    'promotions',
    'plans',
    'transitions',
    'facts',
    'sources',
  ]) {
    await knex.schema.dropTable(table);
  }
};
