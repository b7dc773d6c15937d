<?php

/**
 * The service rings here when commands wait. The signature identifies the caller. The answer is sent at once; the work
 * follows.
 */

declare(strict_types=1);

use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\AfterPage;
use WHMCS\Module\Addon\Creditbridge\Work\Doorbell;

require_once __DIR__ . '/lib/autoload.php';

// Read before WHMCS starts: its own request handling must not consume the body.
$body = (string) file_get_contents('php://input', false, null, 0, Doorbell::BODY_BYTES + 1);
if (!Doorbell::mayBeRing($_SERVER, $body, time())) {
    // Nobody can have WHMCS started who cannot at least write a message of now.
    http_response_code(401);
    return;
}
require_once dirname(__DIR__, 3) . '/init.php';

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
