/** The database that has the present tables and no rows; made once a run, copied for each test. */
export const TEMPLATE = 'harbor_template'
