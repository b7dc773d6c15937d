<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Settings;

/** whmcs.md §3.2; the version is 1.2.3, the release its suffix. */
final class WhmcsDetails implements Action
{
    public function run(array $values): array
    {
        [$version, $release] = array_pad(explode('-', Settings::get('Version'), 2), 2, 'release.1');
        return ['whmcs' => ['version' => $version, 'canonicalversion' => "$version-$release"]];
    }
}
