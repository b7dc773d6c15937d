<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\Invoices;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Web\Html;

/** invoices.php: the list, or with action=edit one invoice. */
final class InvoicesPage
{
    private const SHOWN = 100;

    public static function handle(): void
    {
        Admin::demand('List Invoices');
        if (($_GET['action'] ?? '') === 'edit') {
            InvoiceEditPage::handle((int) ($_GET['id'] ?? 0));
            return;
        }
        $query = Db::table('tblinvoices')->join('tblclients', 'tblclients.id', '=', 'tblinvoices.userid')
            ->orderByDesc('tblinvoices.id')->limit(self::SHOWN)
            ->select('tblinvoices.*', 'tblclients.firstname', 'tblclients.lastname', 'tblclients.currency');
        $filter = (string) ($_GET['filter'] ?? '');
        $clientId = (int) ($_GET['userid'] ?? 0);
        if ($filter === 'Overdue') {
            $query->where('tblinvoices.status', 'Unpaid')->where('duedate', '<', Clock::today());
        } elseif ($filter !== '') {
            $query->where('tblinvoices.status', $filter);
        }
        if ($clientId !== 0) {
            $query->where('tblinvoices.userid', $clientId);
        }
        $tabs = $clientId === 0 ? self::tabs($filter) : ClientTabs::render(ClientTabs::client($clientId), 'invoices');
        $rows = array_values($query->get()->map(static fn (object $row): array => [
            "<a href=\"/admin/invoices.php?action=edit&amp;id=$row->id\">" . (int) $row->id . '</a>',
            "<a href=\"/admin/clientssummary.php?userid=$row->userid\">" . Html::text("$row->firstname $row->lastname") . '</a>',
            Html::date($row->date), Html::date($row->duedate), Html::date($row->datepaid),
            Html::money((string) $row->total, (int) $row->currency),
            Html::money(Money::text(max(0, Invoices::openBalance((int) $row->id))), (int) $row->currency),
            Html::label((string) $row->status),
        ])->all());
        $heads = ['Invoice #', 'Client Name', 'Invoice Date', 'Due Date', 'Date Paid', 'Total', 'Balance', 'Status'];
        AdminPage::show('Invoices', $tabs . Html::table($heads, $rows));
    }

    private static function tabs(string $active): string
    {
        $html = '<ul class="nav nav-tabs">';
        foreach (['' => 'All', 'Draft' => 'Draft', 'Unpaid' => 'Unpaid', 'Overdue' => 'Overdue', 'Paid' => 'Paid', 'Cancelled' => 'Cancelled'] as $filter => $label) {
            $class = $filter === $active ? ' class="active"' : '';
            $html .= "<li$class><a href=\"/admin/invoices.php?filter=$filter\">$label</a></li>";
        }
        return $html . '</ul>';
    }
}
