<?php

/**
 * Credit Bridge: what WHMCS calls, and nothing else. Each function has its class in lib/ModuleFunction.
 */

declare(strict_types=1);

use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\ClientArea;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Config;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Deactivate;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Output;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Upgrade;

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

require_once __DIR__ . '/lib/autoload.php';

function creditbridge_config(): array
{
    return Config::describe();
}

function creditbridge_activate(): array
{
    return Activate::run();
}

function creditbridge_deactivate(): array
{
    return Deactivate::run();
}

function creditbridge_upgrade($vars): void
{
    Upgrade::run((string) ($vars['version'] ?? ''));
}

function creditbridge_output($vars): void
{
    echo Output::render((array) $vars);
}

function creditbridge_clientarea($vars): array
{
    return ClientArea::render((array) $vars);
}
