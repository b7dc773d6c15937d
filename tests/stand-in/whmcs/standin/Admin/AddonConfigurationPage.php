<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Addon\AddonModules;
use StandIn\Platform\Db;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;

/** configaddonmods.php: activate, deactivate, configure; the form comes from config()'s fields, access from role boxes (whmcs.md §6). */
final class AddonConfigurationPage
{
    public static function handle(): void
    {
        Admin::demand('Configure Addon Modules');
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            self::post((string) ($_POST['module'] ?? ''), (string) ($_POST['do'] ?? ''));
            Redirect::to('/admin/configaddonmods.php');
        }
        $html = '';
        foreach (AddonModules::available() as $module) {
            $html .= self::module($module);
        }
        AdminPage::show('Addon Modules', $html === '' ? '<p>There are no addon modules.</p>' : $html);
    }

    private static function post(string $module, string $act): void
    {
        if (!in_array($module, AddonModules::available(), true)) {
            return;
        }
        if ($act === 'save') {
            $fields = is_array($_POST['fields'] ?? null) ? $_POST['fields'] : [];
            AddonModules::save($module, $fields, array_map('intval', (array) ($_POST['access'] ?? [])));
            Flash::set('success', 'Changes Saved Successfully!');
            return;
        }
        $answer = $act === 'activate' ? AddonModules::activate($module) : AddonModules::deactivate($module);
        $class = ['success' => 'success', 'error' => 'danger', 'info' => 'info'][$answer['status']] ?? 'info';
        Flash::set($class, $answer['description'] ?: 'Done.');
    }

    private static function module(string $module): string
    {
        $config = AddonModules::config($module);
        $active = AddonModules::isActive($module);
        $button = static fn (string $act, string $class, string $label): string => '<form method="post" class="form-inline pull-right">'
            . Token::field() . '<input type="hidden" name="module" value="' . Html::text($module)
            . "\"><button class=\"btn $class btn-sm\" type=\"submit\" name=\"do\" value=\"$act\">$label</button></form>";
        $html = '<div class="panel panel-default" id="module-' . Html::text($module) . '"><div class="panel-heading clearfix">'
            . ($active ? $button('deactivate', 'btn-danger', 'Deactivate') : $button('activate', 'btn-success', 'Activate'))
            . '<h3 class="panel-title"><strong>' . Html::text($config['name']) . '</strong> ' . Html::text($config['version'] ?? '')
            . ' <small class="text-muted">by ' . strip_tags((string) ($config['author'] ?? '')) . '</small></h3></div><div class="panel-body"><p>'
            . Html::text($config['description'] ?? '') . '</p>';
        return $html . ($active ? self::form($module, $config['fields'] ?? []) : '') . '</div></div>';
    }

    /** @param array<string, array<string, mixed>> $fields */
    private static function form(string $module, array $fields): string
    {
        $html = '<form method="post">' . Token::field() . '<input type="hidden" name="module" value="' . Html::text($module) . '">';
        foreach ($fields as $name => $field) {
            $html .= '<div class="form-group"><label>' . Html::text($field['FriendlyName'] ?? $name) . '</label>'
                . self::input($name, $field, (string) AddonModules::setting($module, $name))
                // Descriptions are HTML of the module's own.
                . '<p class="help-block">' . ($field['Description'] ?? '') . '</p></div>';
        }
        $html .= '<div class="form-group"><label>Access Control</label><div>';
        foreach (Db::table('tbladminroles')->get() as $role) {
            $checked = in_array((int) $role->id, AddonModules::roles($module), true) ? ' checked' : '';
            $html .= "<label class=\"checkbox-inline\"><input type=\"checkbox\" name=\"access[]\" value=\"$role->id\"$checked> "
                . Html::text($role->name) . '</label>';
        }
        return "$html</div></div><button class=\"btn btn-primary\" type=\"submit\" name=\"do\" value=\"save\">Save Changes</button></form>";
    }

    /** The six documented types. @param array<string, mixed> $field */
    private static function input(string $name, array $field, string $value): string
    {
        $key = Html::text("fields[$name]");
        $text = Html::text($value);
        $options = $field['Options'] ?? [];
        $options = is_array($options) ? $options : array_combine(explode(',', $options), explode(',', $options));
        return match ($field['Type'] ?? 'text') {
            'password' => "<input class=\"form-control\" type=\"password\" name=\"$key\" value=\"$text\" autocomplete=\"off\">",
            'yesno' => "<div><input type=\"checkbox\" name=\"$key\" value=\"on\"" . ($value === 'on' ? ' checked' : '') . '></div>',
            'dropdown' => Html::select("fields[$name]", $options, $value),
            'radio' => implode('', array_map(static fn (string $option): string => "<label class=\"radio\"><input type=\"radio\" name=\"$key\" value=\""
                . Html::text($option) . '"' . ($option === $value ? ' checked' : '') . '> ' . Html::text($option) . '</label>', array_values($options))),
            'textarea' => "<textarea class=\"form-control\" name=\"$key\" rows=\"" . (int) ($field['Rows'] ?? 3) . "\">$text</textarea>",
            default => "<input class=\"form-control\" name=\"$key\" value=\"$text\">",
        };
    }
}
