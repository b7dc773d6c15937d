<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Settings;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;

/** General Settings > Credit, and mass payment (whmcs.md §1.1, §1.2). Automatic Credit Use is stored inverted. */
final class CreditSettingsPage
{
    private const BOXES = [
        'AddFundsEnabled' => 'Enable/Disable: clients may add funds', 'AddFundsRequireOrder' => 'Require Active Order',
        'CreditOnDowngrade' => 'Credit on Downgrade', 'EnableMassPay' => 'Enable Mass Payment',
    ];
    private const AMOUNTS = [
        'AddFundsMinimum' => 'Minimum Deposit', 'AddFundsMaximum' => 'Maximum Deposit', 'AddFundsMaximumBalance' => 'Maximum Balance',
    ];

    public static function handle(): void
    {
        Admin::demand('Configure General Settings');
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            self::post();
            Flash::set('success', 'Changes Saved Successfully!');
            Redirect::to('/admin/configgeneral.php');
        }
        $html = '<form method="post" class="well">' . Token::field();
        foreach (self::AMOUNTS as $setting => $label) {
            $html .= "<div class=\"form-group\"><label>$label</label><input class=\"form-control\" name=\"$setting\" value=\""
                . Html::text(Settings::get($setting)) . '"></div>';
        }
        $box = static fn (string $name, bool $on, string $label): string => "<label class=\"checkbox\"><input type=\"checkbox\" name=\"$name\" "
            . 'value="on"' . ($on ? ' checked' : '') . "> $label</label>";
        foreach (self::BOXES as $setting => $label) {
            $html .= $box($setting, Settings::isOn($setting), $label);
        }
        $html .= $box('AutomaticCreditUse', !Settings::isOn('NoAutoApplyCredit'), 'Automatic Credit Use');
        AdminPage::show('General Settings: Credit', "$html<button class=\"btn btn-primary\" type=\"submit\">Save Changes</button></form>");
    }

    private static function post(): void
    {
        foreach (array_keys(self::AMOUNTS) as $setting) {
            Settings::set($setting, trim((string) ($_POST[$setting] ?? '')));
        }
        foreach (array_keys(self::BOXES) as $setting) {
            Settings::set($setting, isset($_POST[$setting]) ? 'on' : '');
        }
        Settings::set('NoAutoApplyCredit', isset($_POST['AutomaticCreditUse']) ? '' : 'on');
    }
}
