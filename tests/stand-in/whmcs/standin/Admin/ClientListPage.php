<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Db;
use StandIn\Web\Html;

/** Clients with their balance. */
final class ClientListPage
{
    public static function handle(): void
    {
        Admin::demand('List Clients');
        $rows = [];
        foreach (Db::table('tblclients')->orderBy('id')->get() as $client) {
            $id = (int) $client->id;
            $link = static fn (mixed $text): string
                => "<a href=\"/admin/clientssummary.php?userid=$id\">" . Html::text($text) . '</a>';
            $rows[] = [
                $link($id), $link($client->firstname), $link($client->lastname), Html::text($client->companyname),
                Html::text($client->email), Html::money((string) $client->credit, (int) $client->currency),
                Html::label((string) $client->status),
            ];
        }
        $heads = ['ID', 'First Name', 'Last Name', 'Company Name', 'Email Address', 'Credit', 'Status'];
        AdminPage::show('View/Search Clients', Html::table($heads, $rows));
    }
}
