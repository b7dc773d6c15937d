<?php

// STAND-IN, not WHMCS: the mails that were "sent".

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\LogPages::emails();
