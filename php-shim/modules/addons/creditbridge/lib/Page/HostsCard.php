<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Installation\Place;
use WHMCS\Module\Addon\Creditbridge\Json;

/**
 * The hosts at work on this installation, who let them in, and those that wait.
 */
final class HostsCard
{
    const SIDES = ['whmcs' => 'WHMCS', 'service' => 'service'];

    /** @param callable $button act, its text, the kind of button, hidden fields → a form */
    public static function html(callable $button): string
    {
        $items = '';
        foreach (Hosts::all() as $row) {
            $items .= '<li><p><strong>' . Html::escape($row['name']) . '</strong> ('
                . Html::escape(self::SIDES[$row['side']] ?? $row['side']) . '): ' . self::standing($row) . '</p>'
                . $button('remove-host', 'Remove', 'default', ['side' => $row['side'], 'name' => $row['name']]) . '</li>';
        }
        return Html::card('Hosts', '<p class="cb-help">A new host joins by itself where the database server is known, or'
            . ' while another host works in the same database.</p>'
            . ($items === '' ? '<p class="cb-quiet">None was seen yet.</p>' : '<ul class="cb-notices">' . $items . '</ul>'));
    }

    public static function remove(string $side, string $name, string $actor): string
    {
        $details = ['side' => $side, 'name' => $name];
        $isRemoved = Audit::recorded($actor, 'host-remove', $details, static function () use ($side, $name): bool {
            return Hosts::remove($side, $name);
        });
        if (!$isRemoved) {
            return 'There is no such host.';
        }
        return 'Host ' . $name . ' was removed from the list. If it still works, it is entered again.';
    }

    private static function standing(array $row): string
    {
        if ($row['waits_since'] !== null) {
            return Html::status('warn', 'waits') . ' since ' . Html::time($row['waits_since']) . ' at the '
                . Html::escape(Place::describe(Json::decode($row['place'])));
        }
        return 'last seen ' . Html::time($row['seen_at']) . '<br><span class="cb-quiet">let in by '
            . Html::escape($row['let_in_by']) . ', ' . Html::time($row['joined_at']) . '</span>';
    }
}
