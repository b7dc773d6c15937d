/**
 * SQL that changes what the shim's self-test found: whether localAPI writes on the connection that modules have. It was
 * measured when the addon was activated, for the tables, the server and the connection as they are.
 */
export function measuredAs(isShared: boolean): string {
  return `UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.sharedConnection', ${isShared},
    '$.measured', JSON_EXTRACT(REPLACE(JSON_EXTRACT(whmcs, '$.measured'), '${!isShared}', '${isShared}'), '$'))`;
}
