<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Db;

/** whmcs.md §3.2. */
final class GetActivityLog implements Action
{
    public function run(array $values): array
    {
        $query = Db::table('tblactivitylog');
        if (isset($values['clientid'])) {
            $query->where('userid', (int) $values['clientid']);
        }
        if (isset($values['description'])) {
            $query->where('description', 'like', '%' . $values['description'] . '%');
        }
        $total = $query->count();
        $rows = $query->orderByDesc('id')->skip((int) ($values['limitstart'] ?? 0))
            ->take((int) ($values['limitnum'] ?? 25))->get()->map(static fn (object $row): array => (array) $row)->all();
        return ['totalresults' => $total, 'activity' => ['entry' => $rows]];
    }
}
