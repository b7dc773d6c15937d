/**
 * Names that PHP got after 7.2, in lower case: the difference between what a real PHP 7.2.34 and a real PHP
 * 8.2 define in the core and in the extensions a WHMCS server has, and from the migration guides of the PHP manual for
 * 8.3 to 8.5.
 */
export const newerFunctions: ReadonlySet<string> = words(`
  array_key_first array_key_last gc_status hrtime is_countable net_get_interfaces openssl_pkey_derive
  get_mangled_object_vars mb_str_split openssl_x509_verify password_algos
  fdiv get_debug_type get_resource_id preg_last_error_msg str_contains str_ends_with str_starts_with
  openssl_cms_decrypt openssl_cms_encrypt openssl_cms_read openssl_cms_sign openssl_cms_verify
  array_is_list enum_exists fdatasync fsync mysqli_fetch_column
  curl_upkeep ini_parse_quantity libxml_get_external_entity_loader memory_reset_peak_usage
  mysqli_execute_query openssl_cipher_key_length
  json_validate mb_str_pad str_decrement str_increment stream_context_set_options
  array_all array_any array_find array_find_key bcceil bcdivmod bcfloor bcround fpow
  http_clear_last_response_headers http_get_last_response_headers mb_lcfirst mb_ltrim mb_rtrim mb_trim
  mb_ucfirst request_parse_body
  array_first array_last get_error_handler get_exception_handler
`);

export const newerClasses: ReadonlySet<string> = words(`
  compileerror jsonexception
  ffi reflectionreference weakreference
  attribute curlhandle curlmultihandle curlsharehandle deflatecontext inflatecontext internaliterator
  opensslasymmetrickey opensslcertificate opensslcertificatesigningrequest phptoken reflectionattribute
  reflectionuniontype stringable unhandledmatcherror valueerror weakmap xmlparser
  backedenum curlstringfile fiber fibererror reflectionenum reflectionfiber reflectionintersectiontype
  returntypewillchange unitenum
  allowdynamicproperties random\\engine random\\randomexception random\\randomizer sensitiveparameter
  sensitiveparametervalue
  dateerror dateexception daterangeerror dateinvalidoperationexception datemalformedstringexception
  override
  bcmath\\number deprecated pdo\\mysql reflectionconstant roundingmode
`);

/** `class::method`, for calls that name the class. */
export const newerStaticMethods: ReadonlySet<string> = words(`
  datetime::createfromimmutable datetime::createfrominterface datetimeimmutable::createfrominterface
`);

export const newerConstants: ReadonlySet<string> = words(`
  filter_sanitize_add_slashes json_throw_on_error mb_case_fold mb_case_fold_simple mb_case_lower_simple
  mb_case_title_simple mb_case_upper_simple password_argon2id stream_crypto_proto_tlsv1_3
  curl_sslversion_tlsv1_3 curlauth_bearer curlinfo_appconnect_time_t curlinfo_connect_time_t
  curlinfo_filetime_t curlinfo_http_version curlinfo_namelookup_time_t curlinfo_pretransfer_time_t
  curlinfo_protocol curlinfo_redirect_time_t curlinfo_scheme curlinfo_size_download_t
  curlinfo_size_upload_t curlinfo_starttransfer_time_t curlinfo_total_time_t
  curlopt_abstract_unix_socket curlopt_disallow_username_in_url curlopt_dns_shuffle_addresses
  curlopt_happy_eyeballs_timeout_ms curlopt_haproxyprotocol curlopt_keep_sending_on_error curlopt_pre_proxy
  curlopt_request_target curlopt_suppress_connect_headers curlopt_timevalue_large curlopt_tls13_ciphers
  mb_oniguruma_version stream_crypto_method_tlsv1_3_client stream_crypto_method_tlsv1_3_server
  curlopt_http09_allowed date_iso8601_expanded filter_validate_bool json_error_non_backed_enum
  curlopt_altsvc curlopt_doh_url curlopt_maxage_conn curlopt_sslcert_blob curlopt_sslkey_blob
  curlinfo_effective_method curlinfo_proxy_error curlinfo_retry_after curlopt_protocols_str
  curlopt_redir_protocols_str curlopt_xferinfofunction filter_flag_global_range
`);

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
