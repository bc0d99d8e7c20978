/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('leases', table => {
    table.comment('Which replica of the backend watches which source');
    table.string('source', 255).primary().comment('kind/name');
    table.string('holder', 255).comment('Null: free');
    table
      .integer('token')
      .notNullable()
      .comment(
        'Grows with every holder: what an earlier one writes is refused',
      );
    table.integer('beat').notNullable().comment('Grows while the holder lives');
    table
      .integer('version')
      .notNullable()
      .comment('Grows with every change of the facts of the source');
  });

  await knex.schema.createTable('changes', table => {
    table.comment('What changed lately, for the replicas that did not see it');
    table.string('source', 255).notNullable();
    table.integer('version').notNullable();
    table.text('facts', 'longtext').comment('JSON; null: too many to name');
    table.primary(['source', 'version']);
  });

  await knex.schema.createTable('looks', table => {
    table.comment('What replicas ask the holder of a source to look at again');
    table.string('id', 63).primary();
    table.string('source', 255).notNullable();
    table.string('entity_ref', 255).notNullable();
    table.index(['source'], 'looks_source_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of ['looks', 'changes', 'leases']) {
    await knex.schema.dropTable(table);
  }
};
