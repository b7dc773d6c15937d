<?php

// STAND-IN, not WHMCS: the module log.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\LogPages::modules();
