/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('fact_labels', table => {
    table.comment('By which labels facts are found, where a kind is');
    table.string('label', 400).notNullable().comment('key=value');
    table.string('kind', 63).notNullable();
    table.string('source', 255).notNullable();
    table.string('scope', 255).notNullable();
    table.string('name', 255).notNullable();
    table.primary(['label', 'kind', 'source', 'scope', 'name']);
    table.index(['source', 'kind', 'scope', 'name'], 'fact_labels_fact_idx');
  });
  const facts = await knex('facts')
    .where({ kind: 'application' })
    .whereNotNull('labels')
    .select('kind', 'source', 'scope', 'name', 'labels');
  const rows = facts.flatMap(({ labels, ...fact }) =>
    Object.entries(JSON.parse(labels)).map(([key, value]) => ({
      label: `${key}=${value}`,
      ...fact,
    })),
  );
  await knex.batchInsert('fact_labels', rows, 80);
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('fact_labels');
};
