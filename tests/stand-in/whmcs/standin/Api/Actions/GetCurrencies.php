<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Db;

/** whmcs.md §2.9. */
final class GetCurrencies implements Action
{
    public function run(array $values): array
    {
        $rows = Db::table('tblcurrencies')->get(['id', 'code', 'prefix', 'suffix', 'format', 'rate'])
            ->map(static fn (object $row): array => (array) $row)->all();
        return ['totalresults' => count($rows), 'currencies' => ['currency' => $rows]];
    }
}
