<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Db;
use StandIn\Platform\Settings;
use StandIn\Web\Html;

/** Figures of the day and what addons add with AdminHomepage (whmcs.md §4.6). */
final class HomePage
{
    public static function handle(): void
    {
        Admin::demand();
        $count = static fn (string $table, string $column, string $value): int
            => Db::table($table)->where($column, $value)->count();
        $tiles = [
            ['Active Clients', $count('tblclients', 'status', 'Active'), 'success'],
            ['Unpaid Invoices', $count('tblinvoices', 'status', 'Unpaid'), 'danger'],
            ['Active Services', $count('tblhosting', 'domainstatus', 'Active'), ''],
            ['Suspended Services', $count('tblhosting', 'domainstatus', 'Suspended'), 'warning'],
        ];
        $html = '<div class="tiles">';
        foreach ($tiles as [$label, $value, $class]) {
            $html .= "<div class=\"tile tile-$class\"><div class=\"tile-value\">$value</div><div class=\"tile-label\">$label</div></div>";
        }
        $last = Settings::get('lastDailyCronInvocationTime') ?: 'never';
        $html .= '</div>' . implode("\n", array_filter(run_hook('AdminHomepage', []), 'is_string'))
            . '<div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">Automation</h3></div>'
            . '<div class="panel-body">Last daily run: <strong>' . Html::text($last)
            . '</strong> &middot; <a href="/admin/standin.php">run the cron now</a></div></div>';
        AdminPage::show('Dashboard', $html);
    }
}
