<?php

/**
 * The service rings here when commands wait. The signature identifies the caller. The answer is sent at once; the work
 * follows.
 */

declare(strict_types=1);

use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\AfterPage;
use WHMCS\Module\Addon\Creditbridge\Work\Doorbell;

// Read before WHMCS starts: its own request handling must not consume the body.
$body = (string) file_get_contents('php://input', false, null, 0, 8192);

require_once dirname(__DIR__, 3) . '/init.php';
require_once __DIR__ . '/lib/autoload.php';

try {
    $settings = Settings::load();
    $status = Doorbell::judge($_SERVER, $body, $settings);
} catch (Throwable $fault) {
    $status = 401;
}
http_response_code($status);
if ($status === 204) {
    // If the SAPI cannot finish a request, the caller still gets its answer.
    header('Connection: close');
    while (ob_get_level() > 0) {
        ob_end_flush();
    }
    flush();
    AfterPage::finishRequest();
    Doorbell::work($settings);
}
