<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Db;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use stdClass;

/** The head of a client's pages. */
final class ClientTabs
{
    public static function client(int $clientId): stdClass
    {
        return Db::table('tblclients')->where('id', $clientId)->first() ?? Redirect::to('/admin/clients.php');
    }

    public static function render(stdClass $client, string $active): string
    {
        $tabs = ['clientssummary' => 'Summary', 'clientsprofile' => 'Profile', 'invoices' => 'Invoices', 'affiliates' => 'Affiliate'];
        $html = '<ul class="nav nav-tabs">';
        foreach ($tabs as $file => $label) {
            $class = $file === $active ? ' class="active"' : '';
            $html .= "<li$class><a href=\"/admin/$file.php?userid=$client->id\">$label</a></li>";
        }
        return $html . '</ul>';
    }

    public static function title(stdClass $client): string
    {
        return "#$client->id - $client->firstname $client->lastname";
    }
}
