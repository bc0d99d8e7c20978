/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('transitions', table => {
    table
      .text('pull_request')
      .comment('JSON: number and link of the pull request that brought it');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('transitions', table => {
    table.dropColumn('pull_request');
  });
};
