<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Db;

/** whmcs.md §1.3; flags are 'on' or the empty string. */
final class GetClientGroups implements Action
{
    public function run(array $values): array
    {
        $rows = Db::table('tblclientgroups')->get()->map(static fn (object $row): array => (array) $row)->all();
        return ['totalresults' => count($rows), 'groups' => ['group' => $rows]];
    }
}
