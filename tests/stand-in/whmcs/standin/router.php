<?php

// STAND-IN, not WHMCS: what a web server's configuration would do for `php -S`. Unknown addresses are 404, and templates, hidden
// files and the stand-in's own classes are not served.

declare(strict_types=1);

$path = rawurldecode((string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
// WHMCS's own routes: index.php/billing/credit/7 for clients, /admin/billing/billingnote/credit/7 for staff (whmcs.md §4.6).
if (preg_match('#^/admin/billing/billingnote/(credit|debit)/\d+$#', $path) === 1) {
    require $_SERVER['DOCUMENT_ROOT'] . '/admin/billingnote.php';
    return true;
}
$path = preg_replace('#^/index\.php/billing/(credit|debit)/\d+$#', '/index.php', $path);
$file = realpath($_SERVER['DOCUMENT_ROOT'] . $path);
if ($file !== false && is_dir($file)) {
    $file = realpath($file . '/index.php');
}
$inside = $file !== false && str_starts_with($file, $_SERVER['DOCUMENT_ROOT'] . '/');
$hidden = preg_match('#/\.|^/standin/|^/templates/|\.(tpl|sql|md|lock)$|^/configuration\.php$#', $path) === 1;
if (!$inside || $hidden) {
    http_response_code(404);
    echo '<h1>404 Not Found</h1><p>(Stand-in, not WHMCS.)</p>';
    return true;
}
return false;
