<?php

/**
 * One act of the connection panel, or of the Addon Modules page, in a process of its own that a test may kill.
 *
 *   php act.php FOLDER-OF-WHMCS ACT FORM-AS-JSON
 */

declare(strict_types=1);

use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Activate;
use WHMCS\Module\Addon\Creditbridge\ModuleFunction\Deactivate;
use WHMCS\Module\Addon\Creditbridge\Page\PanelActions;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;
use WHMCS\Module\Addon\Creditbridge\Settings;

require $argv[1] . '/init.php';
require_once $argv[1] . '/modules/addons/creditbridge/lib/autoload.php';

if ($argv[2] === 'activate') {
    Activate::run();
} elseif ($argv[2] === 'deactivate') {
    Deactivate::run();
} else {
    $viewer = ['adminId' => 1, 'permissions' => Viewer::TOLD];
    (new PanelActions(Settings::load(), $viewer))->handle($argv[2], (array) json_decode($argv[3], true));
    echo json_encode($_SESSION[PanelActions::SESSION] ?? null);
}
