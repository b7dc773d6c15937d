<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** A client who goes: deleted, or merged into another (whmcs.md §2.7, §4.5). */
final class ClientRemoval
{
    private const OWNED = ['tblinvoices', 'tblinvoiceitems', 'tblorders', 'tblhosting', 'tbldomains', 'tblbillableitems'];

    /** Removes everything except transactions (§2.7). */
    public static function delete(int $clientId): void
    {
        run_hook('PreDeleteClient', ['userid' => $clientId]);
        foreach (self::OWNED as $table) {
            Db::table($table)->where('userid', $clientId)->delete();
        }
        Db::table('tblcredit')->where('clientid', $clientId)->delete();
        Db::table('tblusers_clients')->where('client_id', $clientId)->delete();
        Db::table('tblclients')->where('id', $clientId)->delete();
        Activity::log("Client Deleted - User ID: $clientId");
    }

    /** What happens to the credit is not documented (§2.7): switch merge_credit. */
    public static function merge(int $fromId, int $intoId): void
    {
        $mode = Switches::get('merge_credit');
        if ($mode !== 'lost') {
            $moved = Money::text(Credit::balance($fromId));
            Db::table('tblclients')->where('id', $intoId)->update(['credit' => Db::connection()->raw("credit + ($moved)")]);
        }
        $log = Db::table('tblcredit')->where('clientid', $fromId);
        $mode === 'rows-and-balance' ? $log->update(['clientid' => $intoId]) : $log->delete();
        foreach ([...self::OWNED, 'tblaccounts'] as $table) {
            Db::table($table)->where('userid', $fromId)->update(['userid' => $intoId]);
        }
        foreach (Ledger::isNine() ? ['tblbillingnotes', 'tblbillingnoteitems'] : [] as $table) {
            Db::table($table)->where('client_id', $fromId)->update(['client_id' => $intoId]);
        }
        Db::table('tblusers_clients')->where('client_id', $fromId)->delete();
        Db::table('tblclients')->where('id', $fromId)->delete();
        Activity::log("Merged Client - User ID: $fromId into User ID: $intoId", $intoId);
        run_hook('AfterClientMerge', ['toUserID' => $intoId, 'fromUserID' => $fromId]);
    }
}
