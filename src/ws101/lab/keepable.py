"""Which of nginx's directives may run in the sandbox as they stand: those that neither open a file nor reach a network.

What stands in neither list is left out, and said.
"""

import re

# Kept with their words; a block of KEPT_BLOCKS is gone into, one of KEPT_TABLES is kept whole.
KEPT_BLOCKS = frozenset({"location", "if", "limit_except"})
KEPT_TABLES = frozenset({"map", "geo", "split_clients", "types", "charset_map"})
_KEPT = frozenset(
    """
    absolute_redirect add_header add_trailer allow auth_basic auth_delay auth_request auth_request_set autoindex break
    charset charset_types chunked_transfer_encoding client_body_buffer_size client_body_timeout client_header_buffer_size
    client_header_timeout client_max_body_size connection_pool_size default_type deny early_hints empty_gif error_page etag
    expires http2 http2_max_concurrent_streams http2_max_field_size http2_max_header_size http2_recv_buffer_size
    if_modified_since ignore_invalid_headers index internal keepalive_disable keepalive_requests keepalive_time
    keepalive_timeout large_client_header_buffers limit_conn limit_conn_dry_run limit_conn_log_level limit_conn_status
    limit_conn_zone limit_rate limit_rate_after limit_req limit_req_dry_run limit_req_log_level limit_req_status
    limit_req_zone lingering_close lingering_time lingering_timeout log_not_found map_hash_bucket_size map_hash_max_size
    max_headers max_ranges merge_slashes msie_padding msie_refresh output_buffers override_charset port_in_redirect
    postpone_output real_ip_header real_ip_recursive recursive_error_pages referer_hash_bucket_size referer_hash_max_size
    request_pool_size reset_timedout_connection return rewrite rewrite_log satisfy secure_link secure_link_md5
    secure_link_secret send_lowat send_timeout sendfile sendfile_max_chunk server_name server_name_in_redirect
    server_names_hash_bucket_size server_names_hash_max_size server_tokens set source_charset ssi ssl ssl_buffer_size
    ssl_ciphers ssl_early_data ssl_ecdh_curve ssl_prefer_server_ciphers ssl_protocols ssl_reject_handshake
    ssl_session_cache ssl_session_tickets ssl_session_timeout stub_status tcp_nodelay tcp_nopush try_files
    types_hash_bucket_size types_hash_max_size underscores_in_headers uninitialized_variable_warn userid userid_domain
    userid_expires userid_name userid_p3p userid_path valid_referers variables_hash_bucket_size variables_hash_max_size
    """.split()  # noqa: SIM905 - a hundred quotation marks would hide the names
)
_KEPT_FAMILIES = re.compile(
    r"proxy_\w+|gzip(_\w+)?|gunzip\w*|sub_filter\w*|addition_types|add_(before|after)_body|ssi_\w+"
)
_NOT_OF_FAMILIES = re.compile(
    r"proxy_(ssl_\w+|temp_path|store\w*|cache_path|bind|pass|protocol\w*|upload_rate_file)"
)

# Left out without a word: what belongs to the process, to its files, or to the upstreams, which are all replaced.
_REPLACED = re.compile(
    r"include|access_log|log_format|error_log|open_log_file_cache|open_file_cache\w*|\w+_temp_path|resolver\w*|upstream|listen|root|alias"
    r"|ssl_certificate|ssl_certificate_key|ssl_trusted_certificate|ssl_dhparam|ssl_password_file|ssl_session_ticket_key"
    r"|ssl_stapling\w*|ssl_ocsp\w*|ssl_crl|ssl_certificate_cache|proxy_ssl_\w+|proxy_bind|proxy_store\w*|aio\w*|directio\w*|disable_symlinks"
    r"|(fastcgi|uwsgi|scgi|grpc|memcached)_\w+|read_ahead|status_zone|client_body_in_\w+|server_tokens_build|keepalive_min_timeout"
)


def kept(name: str) -> bool:
    """Whether a directive may stand as it is."""
    if name in _KEPT:
        return True
    return _KEPT_FAMILIES.fullmatch(name) is not None and _NOT_OF_FAMILIES.fullmatch(name) is None


def replaced(name: str) -> bool:
    """Whether the sandbox has something of its own for a directive, so that nobody misses it."""
    return _REPLACED.fullmatch(name) is not None
