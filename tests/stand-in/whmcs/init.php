<?php

// STAND-IN, not WHMCS. Every page, the cron and module files that WHMCS reaches directly start here.

declare(strict_types=1);

if (!defined('WHMCS')) {
    define('WHMCS', true);
}
if (!defined('ROOTDIR')) {
    define('ROOTDIR', __DIR__);
    require __DIR__ . '/standin/autoload.php';
    require __DIR__ . '/standin/functions.php';
    StandIn\Platform\Boot::run(require __DIR__ . '/configuration.php');
}
